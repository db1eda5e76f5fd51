import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { licences } from './licences';

// `npm run dev` shows the page from its sources and takes data from a running node (or tests/console/mock_node.py).
const node = process.env.SKYACCORD_NODE ?? 'http://127.0.0.1:7410';

const thirdParty = licences();

export default defineConfig({
  plugins: [svelte(), thirdParty.page],
  base: './',
  build: {
    outDir: '../src/skyaccord/console_build',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    // Map and layers are large and used at once: splitting them would only add round trips on loopback.
    chunkSizeWarningLimit: 4000,
  },
  worker: { format: 'es', plugins: () => [thirdParty.worker] },
  optimizeDeps: { exclude: ['maplibre-gl'] },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': {
        target: node,
        changeOrigin: true,
        ws: true,
        // A node takes changes only from its own page; here the page is ours, so say so.
        configure: (proxy) => {
          proxy.on('proxyReq', (request) => request.setHeader('origin', node));
          proxy.on('proxyReqWs', (request) => request.setHeader('origin', node));
        },
      },
    },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node' },
});
