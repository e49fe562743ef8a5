// The compiler must take danmux-… as elements of the browser and not as components of Vue.
import vue from '@vitejs/plugin-vue';

export default {
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith('danmux-') } } })],
};
