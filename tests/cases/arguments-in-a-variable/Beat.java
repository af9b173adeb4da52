public class Beat { public static void main(String[] a) throws Exception { for(;;) Thread.sleep(1000); } }
