echo "name=x" > /etc/app.conf
