/** The `file:` URL of the folder with console/, demo/, overlay/ and sdk/, which `npm run build` creates. */
export declare const webRoot: URL;
