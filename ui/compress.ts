import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Fonts are compressed already. */
const WORTH = /\.(html|js|css|svg|webmanifest|txt)$/

/**
 * Puts a `.br` and a `.gz` beside each built file that they make smaller: packed once, as small as can
 * be, so that the relay has nothing to compress while it serves.
 */
export function compress(): Plugin {
  return {
    name: 'snug:compress',
    apply: 'build',
    async writeBundle({ dir }) {
      if (!dir) return
      for (const name of await readdir(dir, { recursive: true })) {
        if (!WORTH.test(name)) continue
        const file = join(dir, name)
        const plain = await readFile(file)
        const br = brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } })
        const gz = gzipSync(plain, { level: 9 })
        if (br.length < plain.length) await writeFile(`${file}.br`, br)
        if (gz.length < plain.length) await writeFile(`${file}.gz`, gz)
      }
    },
  }
}
