// Reports the playback events of a player's video that concern an overlay: pause, play, seek, and display outside the page. It listens on the
// container in the capture phase, so that a replaced video is covered too.

export interface PlaybackListener {
  /** `paused`: the viewer paused; `away`: the video is in picture-in-picture or in the system's player, which the page cannot cover. */
  hold(reason: 'paused' | 'away', active: boolean): void;
  /** Called after a seek: playback continues at another time. */
  jumped(): void;
}

/** Seconds. A seek over at most this distance is ignored, because players make such seeks to catch up with a live stream or to skip a gap. */
const jump = 2;

export class Playback {
  readonly #listener: PlaybackListener;
  #at = 0;

  /** `source`: a video, or an element that contains one. */
  constructor(source: HTMLElement, video: HTMLVideoElement | null, listener: PlaybackListener, signal: AbortSignal) {
    this.#listener = listener;
    const on = (event: string, handler: (video: HTMLVideoElement) => void) =>
      source.addEventListener(event, ({ target }) => isVideo(target) && handler(target), { capture: true, signal });
    // The pause at the end of the stream is ignored, because chat continues.
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

  /** Reports the initial state. A video that has never played does not count as paused, because autoplay may be blocked while the chat is live. */
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
