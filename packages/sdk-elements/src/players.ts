// The public exports for video players: the overlay on any video element, and adapters for players. No player code is included.
export { type ArtplayerLike, danmuxArtplayer } from './players/artplayer.ts';
export { type DPlayerLike, danmuxDplayer } from './players/dplayer.ts';
export { type AttachOptions, attachTo, type HoldReason, PlayerDanmaku } from './players/player-danmaku.ts';
export type { PlayerOptions } from './players/player-options.ts';
export { danmuxVideojs, type VideojsPlayerLike } from './players/videojs.ts';
export { DanmuxXgplayer, type XgplayerLike, type XgplayerOptions } from './players/xgplayer.ts';
