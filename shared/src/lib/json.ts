/** What an event body may hold (E2): strings, safe integers, booleans, null, and arrays and objects of them. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}
