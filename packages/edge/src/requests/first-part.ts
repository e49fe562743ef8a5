// Cuts the reply of a join to `edge.frame_bytes`: the reply carries the first messages, the others follow in frames. The positions of the
// reply are those after its own messages, so a viewer that loses the connection in between recovers the others by position.
import { type JoinReply, type Msg, type Positions, streamLanes } from '@danmux/protocol';
import { bytesOf, fitting, spaceBeside } from '../frame/fitting.ts';

export interface FirstPart {
  readonly reply: JoinReply;
  /** The messages that did not fit, in order. */
  readonly rest: readonly Msg[];
}

export function firstPart(whole: JoinReply, maxBytes: number): FirstPart {
  const { msgs } = whole;
  if (msgs.length === 0) return { reply: whole, rest: [] };
  const space = spaceBeside({ ...whole, msgs: [], following: msgs.length }, maxBytes);
  const count = fitting(msgs, bytesOf, space);
  if (count === msgs.length) return { reply: whole, rest: [] };
  const rest = msgs.slice(count);
  return { reply: { ...whole, positions: before(rest, whole.positions), msgs: msgs.slice(0, count), following: rest.length }, rest };
}

/** The positions directly before these messages: a viewer that recovers from them gets these messages next. Other lanes keep their heads. */
function before(rest: readonly Msg[], heads: Positions): Positions {
  const positions = { ...heads };
  for (const lane of streamLanes) {
    const [head, first] = [heads[lane], rest.find((msg) => msg.lane === lane)];
    if (head && first?.offset !== undefined) positions[lane] = { epoch: head.epoch, offset: first.offset - 1 };
  }
  return positions;
}
