// Overlays on players: any video, and the players that have ways of their own to be added to. None of a player's code is in here.
export { type ArtplayerLike, danmuxArtplayer } from './artplayer.ts';
export { type DPlayerLike, danmuxDplayer } from './dplayer.ts';
export { type AttachOptions, attachTo, type HoldReason, PlayerDanmaku } from './player-danmaku.ts';
export type { PlayerOptions } from './player-options.ts';
export { danmuxVideojs, type VideojsPlayerLike } from './videojs.ts';
export { DanmuxXgplayer, type XgplayerLike, type XgplayerOptions } from './xgplayer.ts';
