hello $NAME
