module.exports = {
  apps: [{ name: 'web', script: 'server.js', uid: 'node', gid: 'node', pid_file: '/run/web/web.pid', out_file: '/dev/stdout', error_file: '/var/log/web/error.log' }],
};
