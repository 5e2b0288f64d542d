import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// The kiosk's screens. Everything they need is a file of ours: no park's gate may wait for somebody else's server.
export default defineConfig({
  root: 'src/ui',
  // The same build is served from loopback and from Electron's own scheme.
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    outDir: '../../dist/ui',
    emptyOutDir: true,
    target: 'chrome120',
    // A data: URL would be refused by the policy for scripts and WASM, and hides fonts from the cache.
    assetsInlineLimit: 0,
    sourcemap: false,
    chunkSizeWarningLimit: 1500,
  },
});
