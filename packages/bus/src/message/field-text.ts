// Reads and replaces a top-level field of a JSON object inside its text. All other bytes stay, so numbers beyond 2^53 keep their digits
// and fields keep their order. The text must be valid JSON.

interface Field {
  /** Indexes of the value's first character and of the one after its last. */
  readonly from: number;
  readonly to: number;
}

export function isObjectText(text: string): boolean {
  return text[blanks(text, 0)] === '{';
}

/** Text of the field's value; undefined when absent. When the field occurs twice, the last one counts, as in JSON.parse. */
export function fieldText(text: string, name: string): string | undefined {
  const field = find(text, name);
  return field && text.slice(field.from, field.to);
}

/** Returns the object with the field set to this value. A new field is added at the end. */
export function withField(text: string, name: string, value: string): string {
  const field = find(text, name);
  if (field) return `${text.slice(0, field.from)}${value}${text.slice(field.to)}`;
  const end = text.lastIndexOf('}');
  const first = blanks(text, blanks(text, 0) + 1) === end;
  return `${text.slice(0, end)}${first ? '' : ','}${JSON.stringify(name)}:${value}${text.slice(end)}`;
}

function find(text: string, name: string): Field | undefined {
  let found: Field | undefined;
  let at = blanks(text, blanks(text, 0) + 1);
  while (text[at] === '"') {
    const keyEnd = stringEnd(text, at);
    const from = blanks(text, blanks(text, keyEnd) + 1);
    const to = valueEnd(text, from);
    if (JSON.parse(text.slice(at, keyEnd)) === name) found = { from, to };
    at = blanks(text, to);
    if (text[at] === ',') at = blanks(text, at + 1);
  }
  return found;
}

function blanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  return at;
}

/** Index after the closing quote of the string that begins at `from`. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

function valueEnd(text: string, from: number): number {
  if (text[from] === '"') return stringEnd(text, from);
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '"') at = stringEnd(text, at) - 1;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (character === ',' || blanks(text, at) > at)) return at;
  }
  return text.length;
}
