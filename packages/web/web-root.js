// The folder of built browser files that the api serves. It is plain JavaScript, so that this package is published without a build of its
// own beside the pages and without dependencies.

export const webRoot = new URL('./dist/', import.meta.url);
