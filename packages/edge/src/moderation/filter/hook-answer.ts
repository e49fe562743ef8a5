// Parses and checks the answer of a pre-send hook. An invalid answer counts as a failure of the hook.
import { limits, type WordAction } from '@danmux/protocol';
import { checkJson, parseRequest, toJson } from '@danmux/runtime';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

const actions = ['pass', 'block', 'mask', 'hold', 'shadow'] as const satisfies readonly ('pass' | WordAction)[];

const schema = Type.Object({
  action: Type.Union(actions.map((action) => Type.Literal(action))),
  /** Replaces the message's data; required with `mask`. */
  data: Type.Optional(Type.Unknown()),
  /** With `block` the text shown to the sender, with `hold` the reason shown to the moderator. */
  message: Type.Optional(Type.String({ maxLength: 500 })),
});

export type HookAnswer = Static<typeof schema> & { readonly action: (typeof actions)[number] };

const check = Compile(schema);

/** Throws an Error with the reason when the text is not a valid answer. */
export function hookAnswerOf(text: string): HookAnswer {
  const answer: unknown = parseRequest(text);
  if (!check.Check(answer)) throw new Error(`answer does not match the documented form: ${check.Errors(answer)[0]?.message ?? 'unknown'}`);
  const given = Object.hasOwn(answer, 'data');
  if (answer.action === 'mask' && !given) throw new Error('action "mask" needs the field "data"');
  checkJson(answer, 'answer');
  if (given && Buffer.byteLength(toJson(answer.data)) > limits.viewerData) throw new Error(`data exceeds ${limits.viewerData} bytes`);
  return answer as HookAnswer;
}
