import type { Plugin } from 'vite'

/** What begins with the one instance that everything which makes HTML hangs on, up to the exports. */
const INSTANCE = /var (\w+)=new \w+;function \w+\(\w+,\w+\)\{return \1\.parse\([^]*?(?=export\{)/
/** What is taken of it. */
const WANTED = ['Lexer', 'Tokenizer']

/**
 * Of marked only what takes text apart. What makes HTML of it is never wanted here, and would be part of the
 * first script because the module sets itself up to do so.
 */
export function lexer(): Plugin {
  return {
    name: 'snug:lexer',
    apply: 'build',
    transform(code, id) {
      if (!id.endsWith('/marked/lib/marked.esm.js')) return
      const exports = WANTED.map((name) => new RegExp(`[{,]([\\w$]+ as ${name})[,}]`).exec(code)?.[1])
      if (!INSTANCE.test(code) || exports.includes(undefined)) this.error('marked is no longer what it was')
      return code.replace(INSTANCE, '').replace(/export\{[^}]*\};?/, `export{${exports.join(',')}};`)
    },
  }
}
