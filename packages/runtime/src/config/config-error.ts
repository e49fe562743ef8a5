// The one error of a wrong setting. It has a file of its own because both the loader and the secrets need it.

/** A setting that is wrong; the message names its path, its source and the remedy. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigError';
  }
}
