// The tutorial's server: its socket code to the letter, without Express and its page, which take no
// part in delivering messages, and without writing every message to the console, which would only
// slow it down.
const http = require('node:http')
const { WebSocketServer } = require('ws')

const server = http.createServer((_request, response) => response.end())
const wss = new WebSocketServer({ server })

const sockets = []
wss.on('connection', (socket) => {
  sockets.push(socket)
  socket.nickname = 'Anonymous'
  socket.on('message', (msg) => {
    const message = JSON.parse(msg.toString('utf-8'))
    switch (message.type) {
      case 'new_message':
        sockets.forEach((aSocket) => aSocket.send(`${socket.nickname}: ${message.payload}`))
        break
      case 'nickname':
        socket.nickname = message.payload
    }
  })
})

server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`))
