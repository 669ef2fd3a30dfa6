import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** What a phone loads before it shows anything: all the script of the first picture, with its words, compressed. */
const MOST_BYTES = 70_000
const CATALOGUE = /\/src\/words\/[a-z]{2}\.ts$/

/** Fails the build when the script that every visit starts with has grown too large. */
export function budget(): Plugin {
  return {
    name: 'snug:budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const initial = new Set<string>()
      const take = (name: string) => {
        const chunk = bundle[name]
        if (chunk?.type !== 'chunk' || initial.has(name)) return
        initial.add(name)
        for (const imported of chunk.imports) take(imported)
      }
      const weight = (name: string) => {
        const chunk = bundle[name]
        return chunk?.type === 'chunk' ? gzipSync(chunk.code, { level: 9 }).length : 0
      }
      // One catalogue is loaded with it: the heaviest, for this.
      let words = 0
      for (const [name, chunk] of Object.entries(bundle)) {
        if (chunk.type !== 'chunk') continue
        if (chunk.isEntry) take(name)
        if (CATALOGUE.test(chunk.facadeModuleId ?? '')) words = Math.max(words, weight(name))
      }
      if (words === 0) this.error('there are no words to weigh')
      let bytes = words
      for (const name of initial) bytes += weight(name)
      const size = `${(bytes / 1000).toFixed(1)} KB of initial script, compressed`
      if (initial.size === 0) this.error('there is no initial script to weigh')
      if (bytes > MOST_BYTES)
        this.error(`${size}: ${MOST_BYTES / 1000} KB at most. Load some of it when needed.`)
      this.info(size)
    },
  }
}
