// What a player's video does, as an overlay needs to know it: stopped or going on, moved to another time, shown elsewhere than in the
// page. It listens to media events on their way down, so that a video the player exchanges is heard too.

export interface PlaybackListener {
  /** `paused`: by the viewer; `away`: the picture is in a window of its own or in the system's player, where nothing of a page can lie. */
  held(reason: 'paused' | 'away', held: boolean): void;
  /** The picture goes on at another time. */
  jumped(): void;
}

/** Less is a player catching up with a live stream or stepping over a gap, seconds. */
const jump = 2;

export class Playback {
  readonly #listener: PlaybackListener;
  #at = 0;

  /** `source`: a video, or an element with one inside. */
  constructor(source: HTMLElement, video: HTMLVideoElement | null, listener: PlaybackListener, signal: AbortSignal) {
    this.#listener = listener;
    const on = (event: string, heard: (video: HTMLVideoElement) => void) =>
      source.addEventListener(event, ({ target }) => isVideo(target) && heard(target), { capture: true, signal });
    // A room goes on talking when its stream has ended.
    on('pause', ({ ended }) => !ended && listener.held('paused', true));
    on('playing', () => listener.held('paused', false));
    on('ended', () => listener.held('paused', false));
    on('timeupdate', ({ currentTime, seeking }) => {
      if (!seeking) this.#at = currentTime;
    });
    on('seeking', (moved) => this.#seeking(moved));
    for (const event of ['enterpictureinpicture', 'webkitbeginfullscreen']) on(event, () => listener.held('away', true));
    for (const event of ['leavepictureinpicture', 'webkitendfullscreen']) on(event, () => listener.held('away', false));
    if (video) this.#begin(video);
  }

  /** One that never played shows what is said all the same. */
  #begin(video: HTMLVideoElement): void {
    this.#at = video.currentTime;
    if (video.paused && video.played.length > 0 && !video.ended) this.#listener.held('paused', true);
    if (document.pictureInPictureElement === video) this.#listener.held('away', true);
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
