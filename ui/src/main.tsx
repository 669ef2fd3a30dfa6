import './styles/index.css'
import { render } from 'preact'
import { App } from './app'
import { dressDocument, followKeyboard } from './look'
import { warmReader } from './text/reader'
import { chooseTransport } from './transport/transport'
import { loadWords, tellDocument, unexpected } from './words/words'

dressDocument()
followKeyboard()
tellDocument()

const root = document.getElementById('app')

async function start(element: HTMLElement): Promise<void> {
  const [transport] = await Promise.all([chooseTransport(), loadWords()])
  const hosting = (await transport.shell?.state())?.hosting ?? null
  const only = transport.shell ? await import('./screens/app-only') : null
  render(<App transport={transport} hosting={hosting} only={only} />, element)
  // Behind the first picture, so that it is there before the first message is.
  warmReader()
}

if (root) {
  start(root).catch(() => {
    root.textContent = unexpected()
  })
}
