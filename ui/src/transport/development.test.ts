import { createServer as listen, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer, type ViteDevServer } from 'vite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { archiveOf } from './archive'
import { pathOf } from './files'

/** What `npm run dev` makes of what the page asks its own origin for. */
describe('a page in development', () => {
  let relay: Server
  let vite: ViteDevServer
  const asked: { method: string; url: string; host: string; origin: string | undefined; body: string }[] = []

  beforeAll(async () => {
    relay = listen((request, answer) => {
      const { method = '', url = '', headers } = request
      let body = ''
      request.on('data', (part) => {
        body += part
      })
      request.on('end', () => {
        asked.push({ method, url, host: headers.host ?? '', origin: headers.origin, body })
        answer.writeHead(201).end('from the relay')
      })
    })
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
    vi.stubEnv('SNUG_RELAY', at(relay))
    vite = await createServer({
      server: { port: 0, strictPort: false, hmr: false, watch: null },
      logLevel: 'error',
    })
    await vite.listen()
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    await vite?.close()
    relay?.close()
  })

  const at = (server: Server) => `127.0.0.1:${(server.address() as AddressInfo).port}`

  it('reaches the relay for files and archives, as a page of the relay’s own would', async () => {
    const own = at(vite.httpServer as Server)
    const wanted = { room: 'den', ticket: 't', language: 'en', zone: 'UTC' } as Parameters<
      typeof archiveOf
    >[0]
    const paths = ['/files/den', pathOf('den', 'hash', '고양이.png', 't'), archiveOf(wanted)]
    for (const path of paths) {
      const request = { method: 'POST', headers: { origin: `http://${own}` }, body: 'a part' }
      const answer = await fetch(`http://${own}${path}`, request)
      expect([answer.status, await answer.text()]).toEqual([201, 'from the relay'])
      const host = at(relay)
      const seen = { method: 'POST', url: path, host, origin: `http://${host}`, body: 'a part' }
      expect(asked.pop()).toEqual(seen)
    }
  })

  it('has everything else from its own server', async () => {
    const own = at(vite.httpServer as Server)
    for (const path of ['/r/den', '/src/files/kinds.ts']) {
      expect((await fetch(`http://${own}${path}`)).status).toBe(200)
    }
    expect(asked).toEqual([])
  })
})
