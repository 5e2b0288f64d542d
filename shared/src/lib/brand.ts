declare const brand: unique symbol;

/** A value that went through its parser: a `Brand<string, 'TicketId'>` cannot be confused with any other string. */
export type Brand<Value, Name extends string> = Value & { readonly [brand]: Name };
