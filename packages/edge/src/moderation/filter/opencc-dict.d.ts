// The tables of opencc-js, which its types leave out: rows `FROM TO…` with `|` between.
declare module 'opencc-js/dict/*' {
  const table: string;
  export default table;
}
