date > /srv/beat
