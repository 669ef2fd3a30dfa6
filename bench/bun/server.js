// The tutorial's protocol on what Bun has for it: one topic, to which every socket is subscribed. Bun
// writes a message to each of them by itself, gathered over one turn of its loop.
const ROOM = 'room'

const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch(request, server) {
    if (server.upgrade(request, { data: { nickname: 'Anonymous' } })) return
    return new Response()
  },
  websocket: {
    perMessageDeflate: false,
    open(socket) {
      socket.subscribe(ROOM)
    },
    message(socket, msg) {
      const message = JSON.parse(msg)
      switch (message.type) {
        case 'new_message':
          server.publish(ROOM, `${socket.data.nickname}: ${message.payload}`)
          break
        case 'nickname':
          socket.data.nickname = message.payload
      }
    },
  },
})

console.log(`http://127.0.0.1:${server.port}/`)
