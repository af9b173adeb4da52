import java.io.FileWriter;

public class Orders {
    public static void main(String[] words) throws Exception {
        new FileWriter("/orders.csv", true).close();
    }
}
