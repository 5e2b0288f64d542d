import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// HQ's pages. In development `vite` here serves them and hands API calls to a running server.
export default defineConfig({
  root: 'web',
  base: '/',
  plugins: [react()],
  build: { outDir: '../dist/web', emptyOutDir: true, target: 'es2023', chunkSizeWarningLimit: 1200 },
  server: { port: 4801, proxy: { '/api': 'http://127.0.0.1:4800' } },
});
