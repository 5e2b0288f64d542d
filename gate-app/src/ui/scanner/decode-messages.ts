import type { ReaderLibrary } from './camera-state.ts';

/** From the page to the decoding worker. Frames go one at a time: the next after the answer. */
export type ToDecoder =
  | { readonly kind: 'start'; readonly library: ReaderLibrary }
  | { readonly kind: 'frame'; readonly frameId: number; readonly bitmap: ImageBitmap };

/** ... and back. `ready` names the library that really runs, which is plain JavaScript if WASM would not start. */
export type FromDecoder =
  | { readonly kind: 'ready'; readonly library: ReaderLibrary }
  | { readonly kind: 'codes'; readonly frameId: number; readonly codes: readonly string[] };
