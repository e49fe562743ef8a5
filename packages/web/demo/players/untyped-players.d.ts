// Types of packages without type declarations: only the members that the demo pages use.
declare module 'dplayer' {
  export default class DPlayer {
    constructor(options: { container: HTMLElement; video: { url: string }; loop?: boolean; mutex?: boolean; lang?: string });
    readonly container: HTMLElement;
    readonly video: HTMLVideoElement;
    on(event: string, listener: () => void): void;
    play(): void;
    destroy(): void;
  }
}

declare module '*.css';
