/** Made by `emoji.ts` beside the build's configuration. */
declare module 'virtual:emoji' {
  const lines: string
  export default lines
}
