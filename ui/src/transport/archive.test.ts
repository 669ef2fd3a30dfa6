import { describe, expect, it } from 'vitest'
import { saveArchive } from './archive'
import type { Transport } from './transport'

const wanted = {
  invite: { address: '192.168.1.20:7684', room: 'den', secret: 's' },
  room: 'den',
  name: 'Den',
  ticket: 'm1.a+b',
  language: 'ko',
  zone: 'Asia/Seoul',
}

describe('an archive', () => {
  it('is fetched by the system’s browser where the page has no network', async () => {
    const opened: string[] = []
    const transport = { openLink: (url: string) => opened.push(url) } as unknown as Transport
    await saveArchive(transport, wanted)
    expect(opened).toEqual(['http://192.168.1.20:7684/export/den?ticket=m1.a%2Bb&lang=ko&tz=Asia/Seoul'])
  })
})
