// Computes the picture's box inside a video's box, where `object-fit` and `object-position` leave bars. Pure arithmetic.

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Computed style and metadata of a video; the natural sizes are 0 before its metadata is loaded. */
export interface Picture {
  readonly naturalWidth: number;
  readonly naturalHeight: number;
  readonly objectFit: string;
  /** The computed value: two lengths or percentages. */
  readonly objectPosition: string;
}

/** The part of `box` that the picture covers; the whole box when there is no picture or it fills the box. */
export function pictureBox(box: Box, { naturalWidth, naturalHeight, objectFit, objectPosition }: Picture): Box {
  if (naturalWidth <= 0 || naturalHeight <= 0 || !['contain', 'scale-down', 'none'].includes(objectFit)) return box;
  const most = objectFit === 'contain' ? Number.POSITIVE_INFINITY : 1;
  const fitting = Math.min(box.width / naturalWidth, box.height / naturalHeight);
  const scale = objectFit === 'none' ? 1 : Math.min(fitting, most);
  const [x = '50%', y = '50%'] = objectPosition.split(' ');
  const across = inside(box.width, naturalWidth * scale, x);
  const down = inside(box.height, naturalHeight * scale, y);
  return { left: box.left + across.start, top: box.top + down.start, width: across.size, height: down.size };
}

/** Start and size of the picture's visible part along one axis: `size` is the picture's size, `room` the box's, `position` the `object-position`. */
function inside(room: number, size: number, position: string): { start: number; size: number } {
  const value = Number.parseFloat(position);
  const offset = position.endsWith('%') ? ((room - size) * value) / 100 : value;
  const start = Math.min(Math.max(offset, 0), room);
  return { start, size: Math.max(0, Math.min(offset + size, room) - start) };
}
