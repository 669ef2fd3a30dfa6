import { defineConfig } from 'vitest/config'
import { budget } from './budget.ts'
import { compress } from './compress.ts'
import { emoji } from './emoji.ts'

// Where `npm run dev` finds a relay: `snug-relay` on its usual port, unless told otherwise.
const origin = `http://${process.env.SNUG_RELAY ?? '127.0.0.1:7684'}`

export default defineConfig({
  base: '/',
  plugins: [emoji(), budget(), compress()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  server: {
    host: '127.0.0.1',
    port: 5173,
    strictPort: true,
    // The relay admits pages of its own origin only, so the proxy speaks in its name.
    proxy: {
      '/ws': { target: origin, ws: true, changeOrigin: true, rewriteWsOrigin: true },
      '^/(files|export)/': { target: origin, changeOrigin: true, headers: { origin } },
    },
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // Phones two or three years old; OKLCH and <dialog> are the newest things the styles lean on.
    target: ['chrome111', 'safari16.4', 'firefox114'],
    // The Content-Security-Policy allows no data: fonts, and everything here is cached by its hash.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What every part needs, in one piece: three small ones compress worse.
    rolldownOptions: {
      output: { codeSplitting: { groups: [{ name: 'preact', test: /node_modules\/@?preact/ }] } },
    },
  },
  test: { include: ['src/**/*.test.{ts,tsx}'], environment: 'node' },
})
