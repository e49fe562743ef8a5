// Declares the tables of opencc-js, which its own types omit. A table is one string of rows `FROM TO…`, separated by `|`.
declare module 'opencc-js/dict/*' {
  const table: string;
  export default table;
}
