vcl 4.1;

import std;

backend default none;

sub vcl_recv {
    return (synth(200, "from " + std.tolower(req.url)));
}

sub vcl_synth {
    set resp.http.Content-Type = "text/plain";
    set resp.body = resp.reason + {"
"};
    return (deliver);
}
