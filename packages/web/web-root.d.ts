/** `file:` URL of the folder with console/, demo/, overlay/ and sdk/. It exists after `npm run build`. */
export declare const webRoot: URL;
