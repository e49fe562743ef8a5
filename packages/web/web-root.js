// The URL of the folder of built browser files that the api serves. Plain JavaScript, so that the package needs no build other than that of the pages,
// and no dependencies.

export const webRoot = new URL('./dist/', import.meta.url);
