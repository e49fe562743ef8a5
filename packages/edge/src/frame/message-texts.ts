// Splits a `frame` payload into the JSON texts of its messages, so that some can be removed and the rest stay unchanged byte for byte.

/** Expects `{"room":…,"msgs":[…]}` as relays and edges write it: `msgs` last, no white space between tokens. */
export function messageTexts(payload: string): string[] {
  const texts: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let at = payload.indexOf('"msgs":[') + 8; at < payload.length - 2; at++) {
    const char = payload[at];
    if (char === '"') at = endOfString(payload, at);
    else if (char === '{' || char === '[') {
      if (depth++ === 0) begin = at;
    } else if ((char === '}' || char === ']') && --depth === 0) texts.push(payload.slice(begin, at + 1));
  }
  return texts;
}

function endOfString(text: string, begin: number): number {
  let end = text.indexOf('"', begin + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\') slashes++;
  return slashes % 2 === 1;
}
