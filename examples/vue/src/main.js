// A live room in Vue.
import '@danmux/sdk-elements';
import { createApp } from 'vue';
import LiveRoom from './LiveRoom.vue';

createApp(LiveRoom, { name: 'live:1001' }).mount('#app');
