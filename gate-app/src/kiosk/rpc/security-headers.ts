/**
 * What the screens may load and do: their own files only, a worker for decoding, WASM compiled but no eval, and inline
 * styles because the component library sets them. Nothing remote (X1).
 */
export function contentSecurityPolicy({ connectTo }: { readonly connectTo: readonly string[] }): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob: mediastream:",
    "font-src 'self' data:",
    "manifest-src 'self'",
    `connect-src ${["'self'", ...connectTo].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
}

/** Headers of every answer with a page or a file. Only the camera may be asked for, and only by us. */
export function securityHeaders(policy: string): Readonly<Record<string, string>> {
  return {
    'content-security-policy': policy,
    'permissions-policy':
      'camera=(self), microphone=(), geolocation=(), usb=(), serial=(), payment=(), autoplay=(self)',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}
