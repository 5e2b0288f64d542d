// Between Electron's main process and the utility process in which the kiosk runs.

/** To the kiosk. `screen` comes with a MessagePort to serve. */
export type ToKioskProcess = { readonly kind: 'screen' } | { readonly kind: 'stop' };

/** From the kiosk. `refused` is for the operator, in words; the process ends after it. */
export type FromKioskProcess = { readonly kind: 'started' } | { readonly kind: 'refused'; readonly message: string };
