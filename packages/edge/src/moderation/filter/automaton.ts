// An Aho-Corasick automaton: finds every occurrence of every word of a set in one pass over a text. It is built in steps, so a large
// build can pause between them. It compares code points and knows nothing about languages.

/** Called with the word's index in the array passed to `build` and the index of its last unit in the text; returns true to end the search. */
export type Occurrence = (word: number, end: number) => boolean;

const steps = 512;

export class Automaton {
  /** Code point → letter number, from 1; 0 when no word contains the code point. */
  readonly #basic = new Uint16Array(0x1_0000);
  readonly #astral = new Map<number, number>();
  #letters = 0;
  /** Hash table of edges with open addressing: from, letter, to. `to` is 0 in a free slot, because no edge leads to the root. */
  readonly #mask: number;
  readonly #shift: number;
  readonly #from: Int32Array;
  readonly #by: Uint16Array;
  readonly #to: Int32Array;
  /** For each node: its parent, the letter from the parent, its depth, and the number of the word that ends here (from 1). */
  readonly #parent: Int32Array;
  readonly #letter: Uint16Array;
  readonly #depth: Uint16Array;
  readonly #word: Int32Array;
  /** For each node: the node of its longest proper suffix, and of its longest suffix that is a whole word. */
  readonly #fail: Int32Array;
  readonly #wordSuffix: Int32Array;
  #nodes = 1;

  private constructor(units: number) {
    const bits = Math.max(4, Math.ceil(Math.log2(units * 2 + 2)));
    const slots = 2 ** bits;
    this.#mask = slots - 1;
    this.#shift = 32 - bits;
    this.#from = new Int32Array(slots);
    this.#by = new Uint16Array(slots);
    this.#to = new Int32Array(slots);
    this.#parent = new Int32Array(units + 1);
    this.#letter = new Uint16Array(units + 1);
    this.#depth = new Uint16Array(units + 1);
    this.#word = new Int32Array(units + 1);
    this.#fail = new Int32Array(units + 1);
    this.#wordSuffix = new Int32Array(units + 1);
  }

  /** Words must differ and have 1 to 65,535 units each. Yields regularly, so the caller can pause the build. */
  static *build(words: readonly ArrayLike<number>[]): Generator<void, Automaton> {
    const units = words.reduce((sum, word) => sum + word.length, 0);
    const automaton = new Automaton(units);
    for (let at = 0; at < words.length; at++) {
      automaton.#add(words[at] as ArrayLike<number>, at);
      if (at % steps === 0) yield;
    }
    yield* automaton.#link();
    return automaton;
  }

  #add(word: ArrayLike<number>, number: number): void {
    let node = 0;
    for (let at = 0; at < word.length; at++) node = this.#child(node, this.#letterOf(word[at] as number));
    this.#word[node] = number + 1;
  }

  #letterOf(codePoint: number): number {
    const known = this.#find(codePoint);
    if (known !== 0) return known;
    if (this.#letters === 0xffff) throw new Error('the words use more than 65,535 different characters');
    this.#letters++;
    if (codePoint < 0x1_0000) this.#basic[codePoint] = this.#letters;
    else this.#astral.set(codePoint, this.#letters);
    return this.#letters;
  }

  #find(codePoint: number): number {
    return codePoint < 0x1_0000 ? (this.#basic[codePoint] as number) : (this.#astral.get(codePoint) ?? 0);
  }

  /** The slot of an edge, or the free slot to put it in. */
  #slot(node: number, letter: number): number {
    let slot = Math.imul(Math.imul(node, 0x9e37_79b1) ^ letter, 0x85eb_ca6b) >>> this.#shift;
    while (this.#to[slot] !== 0 && (this.#from[slot] !== node || this.#by[slot] !== letter)) slot = (slot + 1) & this.#mask;
    return slot;
  }

  #child(node: number, letter: number): number {
    const slot = this.#slot(node, letter);
    const known = this.#to[slot] as number;
    if (known !== 0) return known;
    const child = this.#nodes++;
    this.#from[slot] = node;
    this.#by[slot] = letter;
    this.#to[slot] = child;
    this.#parent[child] = node;
    this.#letter[child] = letter;
    this.#depth[child] = (this.#depth[node] as number) + 1;
    return child;
  }

  /** Links nodes to their suffixes in order of depth: a suffix is always shorter, so it is linked already. */
  *#link(): Generator<void> {
    for (const [done, node] of this.#byDepth().entries()) {
      const parent = this.#parent[node] as number;
      const fail = parent === 0 ? 0 : this.#next(this.#fail[parent] as number, this.#letter[node] as number);
      this.#fail[node] = fail;
      this.#wordSuffix[node] = (this.#word[fail] as number) > 0 ? fail : (this.#wordSuffix[fail] as number);
      if (done % (steps * 8) === 0) yield;
    }
  }

  #byDepth(): Int32Array {
    const starts: number[] = [];
    for (let node = 1; node < this.#nodes; node++) starts[(this.#depth[node] as number) + 1] = (starts[(this.#depth[node] as number) + 1] ?? 0) + 1;
    for (let depth = 0; depth < starts.length; depth++) starts[depth] = (starts[depth] ?? 0) + (starts[depth - 1] ?? 0);
    const order = new Int32Array(this.#nodes - 1);
    for (let node = 1; node < this.#nodes; node++) {
      const depth = this.#depth[node] as number;
      const place = starts[depth] as number;
      order[place] = node;
      starts[depth] = place + 1;
    }
    return order;
  }

  #next(from: number, letter: number): number {
    let node = from;
    for (;;) {
      const child = this.#to[this.#slot(node, letter)] as number;
      if (child !== 0 || node === 0) return child;
      node = this.#fail[node] as number;
    }
  }

  /** Reports occurrences in order of their ends; of occurrences with the same end, the longest first. */
  search(units: ArrayLike<number>, length: number, found: Occurrence): void {
    let node = 0;
    for (let at = 0; at < length; at++) {
      const letter = this.#find(units[at] as number);
      node = letter === 0 ? 0 : this.#next(node, letter);
      let ending = (this.#word[node] as number) > 0 ? node : (this.#wordSuffix[node] as number);
      while (ending !== 0) {
        if (found((this.#word[ending] as number) - 1, at)) return;
        ending = this.#wordSuffix[ending] as number;
      }
    }
  }
}
