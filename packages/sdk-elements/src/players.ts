// The overlay on video players: any video element, and players with their own extension points. No player code is included.
export { type ArtplayerLike, danmuxArtplayer } from './players/artplayer.ts';
export { type DPlayerLike, danmuxDplayer } from './players/dplayer.ts';
export { type AttachOptions, attachTo, type HoldReason, PlayerDanmaku } from './players/player-danmaku.ts';
export type { PlayerOptions } from './players/player-options.ts';
export { danmuxVideojs, type VideojsPlayerLike } from './players/videojs.ts';
export { DanmuxXgplayer, type XgplayerLike, type XgplayerOptions } from './players/xgplayer.ts';
