// The error for an invalid setting, thrown by the loader, the validation and the secrets.

/** An invalid setting. The message names its path, its source and the remedy. */
export class ConfigError extends Error {
  readonly code = 'config_invalid';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigError';
  }
}
