const fs=require('fs');
const work=()=>{ fs.writeFileSync('/tmp/new.json','{}'); fs.renameSync('/tmp/new.json','reports/all.json'); return 'ok' };
const http=require('http');
http.createServer((q,r)=>{ Promise.resolve().then(work).then(v=>r.end(String(v))).catch(e=>{r.statusCode=500;r.end(String(e))}) }).listen(8000);
