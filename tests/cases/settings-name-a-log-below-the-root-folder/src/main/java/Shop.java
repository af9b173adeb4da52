public class Shop {
    public static void main(String[] words) {
        System.out.println("open");
    }
}
