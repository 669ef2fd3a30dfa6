import { describe, expect, it } from 'vitest'
import { inviteAt, inviteKey, inviteLink, parseInvite } from './invite'

const SECRET = 'pMALvwE56m85w5TNaEPJng'

describe('an invite', () => {
  it.each([
    [`http://192.168.1.20:7684/r/kag2ehzt#${SECRET}`, '192.168.1.20:7684', 'kag2ehzt', SECRET],
    [`  http://192.168.1.20:7684/r/kag2ehzt#${SECRET}\n`, '192.168.1.20:7684', 'kag2ehzt', SECRET],
    [`<http://den.local:7684/r/kag2ehzt#${SECRET}>`, 'den.local:7684', 'kag2ehzt', SECRET],
    [`192.168.1.20:7684/r/kag2ehzt#${SECRET}`, '192.168.1.20:7684', 'kag2ehzt', SECRET],
    [`http://[fe80::1]:7684/r/kag2ehzt#${SECRET}`, '[fe80::1]:7684', 'kag2ehzt', SECRET],
    ['http://192.168.1.20:7684/r/kag2ehzt', '192.168.1.20:7684', 'kag2ehzt', undefined],
    ['http://192.168.1.20:7684/', '192.168.1.20:7684', undefined, undefined],
    ['192.168.1.20:7685', '192.168.1.20:7685', undefined, undefined],
    ['192.168.1.20', '192.168.1.20:7684', undefined, undefined],
    ['localhost:7684', 'localhost:7684', undefined, undefined],
    ['localhost', 'localhost:7684', undefined, undefined],
    ['http://192.168.1.20/r/kag2ehzt', '192.168.1.20', 'kag2ehzt', undefined],
  ])('is read from %j', (text, address, room, secret) => {
    const invite = parseInvite(text)
    expect(invite).not.toBeNull()
    expect([invite?.address, invite?.room, invite?.secret]).toEqual([address, room, secret])
  })

  it.each([
    '',
    '   ',
    'hello',
    'come to my room',
    'https://example.com/r/kag2ehzt#x',
    'javascript:alert(1)',
    'ftp://192.168.1.20/r/kag2ehzt',
    'http://192.168.1.20:7684/somewhere/else',
    'http://user:pass@192.168.1.20:7684/r/kag2ehzt',
    'http://192.168.1.20:99999/r/kag2ehzt',
    'http://',
  ])('is not read from %j', (text) => {
    expect(parseInvite(text)).toBeNull()
  })

  it('is written the way it is read', () => {
    const link = `http://192.168.1.20:7684/r/kag2ehzt#${SECRET}`
    const invite = parseInvite(link)
    expect(invite && inviteLink(invite)).toBe(link)
    expect(inviteLink({ address: '10.0.0.2:7684' })).toBe('http://10.0.0.2:7684/')
  })

  it('is found in the page’s own address', () => {
    expect(inviteAt({ host: 'h:1', pathname: '/r/den', hash: `#${SECRET}` })).toEqual({
      address: 'h:1',
      room: 'den',
      secret: SECRET,
    })
    expect(inviteAt({ host: 'h:1', pathname: '/', hash: '' })).toEqual({ address: 'h:1' })
    expect(inviteAt({ host: 'h:1', pathname: '/', hash: '#<img>' })).toEqual({ address: 'h:1' })
  })

  it('is kept under its room, or its address', () => {
    expect(inviteKey({ address: 'h:1', room: 'den' })).toBe('den')
    expect(inviteKey({ address: 'h:1' })).toBe('h:1')
  })
})
