// A video in a frame that can go fullscreen with what lies over it, as a page without a player's library has it.

export interface VideoFrame {
  readonly frame: HTMLElement;
  readonly video: HTMLVideoElement;
}

export function videoFrame(box: HTMLElement): VideoFrame {
  const frame = document.createElement('div');
  frame.className = 'frame';
  const video = document.createElement('video');
  Object.assign(video, { muted: true, autoplay: true, playsInline: true, loop: true, controls: true });
  frame.append(video);
  box.append(frame);
  return { frame, video };
}

/** Autoplay may be refused; the picture then waits for the first click. */
export function play(video: HTMLVideoElement): void {
  video.play().catch(() => document.addEventListener('click', () => void video.play(), { once: true }));
}
