// What a pre-send hook may answer. Whatever else comes back is no answer.
import { limits, type WordAction } from '@danmux/protocol';
import { checkJson, parseRequest, toJson } from '@danmux/runtime';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

const actions = ['pass', 'block', 'mask', 'hold', 'shadow'] as const satisfies readonly ('pass' | WordAction)[];

const schema = Type.Object({
  action: Type.Union(actions.map((action) => Type.Literal(action))),
  /** Instead of the message's own; `mask` must give it. */
  data: Type.Optional(Type.Unknown()),
  /** Of `block`: what the sender is told. Of `hold`: what the moderator is told. */
  message: Type.Optional(Type.String({ maxLength: 500 })),
});

export type HookAnswer = Static<typeof schema> & { readonly action: (typeof actions)[number] };

const check = Compile(schema);

/** Throws when it is none; the error says why. */
export function hookAnswerOf(text: string): HookAnswer {
  const answer: unknown = parseRequest(text);
  if (!check.Check(answer)) throw new Error(`not of the documented form: ${check.Errors(answer)[0]?.message ?? 'unknown'}`);
  const given = Object.hasOwn(answer, 'data');
  if (answer.action === 'mask' && !given) throw new Error('mask without data');
  checkJson(answer, 'answer');
  if (given && Buffer.byteLength(toJson(answer.data)) > limits.viewerData) throw new Error(`data of more than ${limits.viewerData} bytes`);
  return answer as HookAnswer;
}
