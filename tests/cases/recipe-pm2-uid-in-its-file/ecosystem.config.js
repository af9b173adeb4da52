module.exports = {
  apps: [
    {
      name: "web",
      script: "server.js",
      uid: "node",
      gid: "node",
    },
  ],
};
