// A video in a frame that goes fullscreen together with the overlay, for pages without a player library.

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

/** Starts the video; when the browser blocks autoplay, the video starts at the first click. */
export function play(video: HTMLVideoElement): void {
  video.play().catch(() => document.addEventListener('click', () => void video.play(), { once: true }));
}
