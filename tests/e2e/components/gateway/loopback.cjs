// Loaded before the gateway (`node --require`): it would listen on every interface. This keeps it on loopback,
// and tells the test which port the system chose: one line on standard output.
const net = require("node:net");

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  const onListening = rest.find((argument) => typeof argument === "function");
  this.once("listening", () => console.log(`listening on 127.0.0.1:${this.address().port}`));
  return listen.call(this, Number(port), "127.0.0.1", onListening);
};
