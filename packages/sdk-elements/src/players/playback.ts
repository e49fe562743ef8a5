// Playback events of a player's video that concern an overlay: paused or playing, seeked, shown outside the
// page. It listens in the capture phase, so that a replaced video is covered too.

export interface PlaybackListener {
  /** `paused`: by the viewer; `away`: picture-in-picture or the system's player, which the page cannot cover. */
  hold(reason: 'paused' | 'away', active: boolean): void;
  /** Playback continues at another time. */
  jumped(): void;
}

/** Smaller jumps are live catch-up or skipped gaps, seconds. */
const jump = 2;

export class Playback {
  readonly #listener: PlaybackListener;
  #at = 0;

  /** `source`: a video, or an element that contains one. */
  constructor(source: HTMLElement, video: HTMLVideoElement | null, listener: PlaybackListener, signal: AbortSignal) {
    this.#listener = listener;
    const on = (event: string, handler: (video: HTMLVideoElement) => void) =>
      source.addEventListener(event, ({ target }) => isVideo(target) && handler(target), { capture: true, signal });
    // Chat goes on after the end of the stream.
    on('pause', ({ ended }) => !ended && listener.hold('paused', true));
    on('playing', () => listener.hold('paused', false));
    on('ended', () => listener.hold('paused', false));
    on('timeupdate', ({ currentTime, seeking }) => {
      if (!seeking) this.#at = currentTime;
    });
    on('seeking', (moved) => this.#seeking(moved));
    for (const event of ['enterpictureinpicture', 'webkitbeginfullscreen']) on(event, () => listener.hold('away', true));
    for (const event of ['leavepictureinpicture', 'webkitendfullscreen']) on(event, () => listener.hold('away', false));
    if (video) this.#begin(video);
  }

  /** A video that never played shows danmaku too. */
  #begin(video: HTMLVideoElement): void {
    this.#at = video.currentTime;
    if (video.paused && video.played.length > 0 && !video.ended) this.#listener.hold('paused', true);
    if (document.pictureInPictureElement === video) this.#listener.hold('away', true);
  }

  #seeking({ currentTime, duration }: HTMLVideoElement): void {
    const from = this.#at;
    this.#at = currentTime;
    const beginsAgain = currentTime < 1 && from > duration - 1;
    if (Math.abs(currentTime - from) > jump && !beginsAgain) this.#listener.jumped();
  }
}

function isVideo(target: EventTarget | null): target is HTMLVideoElement {
  return (target as Element | null)?.nodeName === 'VIDEO';
}
